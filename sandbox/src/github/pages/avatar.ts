/** Draws the first letter of a name, on a colour derived from the id, as SVG. */
export function avatar(id: number, name: string): string {
  const hue = (id * 67) % 360;
  const letter = name.slice(0, 1).toUpperCase();
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="20" fill="hsl(${hue} 45% 40%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
}
