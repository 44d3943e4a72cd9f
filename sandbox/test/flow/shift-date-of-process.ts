// For `node --import`: the file that tells the time stands in SHIFTED_DATE_FILE.
import { shiftDate } from './shifted-date.ts';

shiftDate(process.env['SHIFTED_DATE_FILE'] ?? '');
