// What a command reads and writes.
export interface Console {
  out(text: string): void;
  error(text: string): void;
  readInput(): Promise<string>;
}
