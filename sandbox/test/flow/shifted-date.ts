// Virtual time for processes: a file holds the offset of their Date. Timers are not affected.
import { readFileSync, writeFileSync } from 'node:fs';

const RealDate = Date;

/** Moves every Date of this process ahead by the offset in the file, which is read each time. */
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
