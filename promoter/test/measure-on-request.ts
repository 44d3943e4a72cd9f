// Loaded into a promoter under test: answers its parent with the memory that is left after a full garbage collection, and its peak so far.
process.on('message', () => {
  const peakKb = process.resourceUsage().maxRSS;
  // The first finds what has ended, the next what only that kept.
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  process.send?.({ residentMb: process.memoryUsage.rss() / 1024 / 1024, peakMb: peakKb / 1024 });
});
