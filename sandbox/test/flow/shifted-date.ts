// Virtual time for processes: their Date runs on from where a file says, their timers do not.
import { readFileSync, writeFileSync } from 'node:fs';

const RealDate = Date;

/** Every Date of this process is as far ahead as the file says, whenever it is asked. */
export function shiftDate(file: string): void {
  const offsetMs = (): number => Number(readFileSync(file, 'utf8'));
  class ShiftedDate extends RealDate {
    constructor(...values: [] | [number | string | Date]) {
      if (values.length === 0) super(RealDate.now() + offsetMs());
      else super(...(values as [number | string]));
    }
    static override now(): number {
      return RealDate.now() + offsetMs();
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
}

export function restoreDate(): void {
  globalThis.Date = RealDate;
}

export function setOffset(file: string, offsetMs: number): void {
  writeFileSync(file, String(offsetMs));
}
