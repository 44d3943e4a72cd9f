// For `node --import`: SHIFTED_DATE_FILE names the file with the offset.
import { shiftDate } from './shifted-date.ts';

const file = process.env['SHIFTED_DATE_FILE'];
if (file === undefined) throw new Error('SHIFTED_DATE_FILE is not set');
shiftDate(file);
