/** Rows as CSV (RFC 4180, lines end with a line feed). Null is an empty cell; numbers keep all their digits. */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map((cell) => quoted(String(cell ?? ''))).join(',')}\n`).join('')
}

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
