// Adds up the test results of all workspaces that have tests and prints "N passed, N failed". What did not run counts as failed: a
// skipped test, a file that could not be loaded, a package without results.
import { readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

const { workspaces } = read('package.json');
const tested = workspaces.filter((folder) => read(`${folder}/package.json`).scripts?.test !== undefined);
let passed = 0;
let failed = 0;
for (const folder of tested) {
  const file = `${folder}/test-results.json`;
  try {
    const { numPassedTests, numTotalTests, testResults } = read(file);
    passed += numPassedTests;
    failed += numTotalTests - numPassedTests;
    failed += testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0).length;
  } catch (error) {
    console.log(`${file}: ${error.message}`);
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
