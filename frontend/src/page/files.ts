// What a person takes out of the page: ids, alone or with what they are ids of.

export interface Row {
  id: string;
  title: string;
  modality: string;
  cluster: string;
}

const HEAD = ["id", "title", "modality", "cluster"] as const;

// A spreadsheet runs a cell that begins so, blanks left out; an apostrophe before it keeps it a text.
const RUNS = /^[\t\r]|^\s*[=+\-@]/;

export function cell(text: string): string {
  const safe = RUNS.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => HEAD.map((name) => cell(row[name])).join(","));
  return `${[HEAD.join(","), ...lines].join("\r\n")}\r\n`;
}

export function textOf(rows: readonly Row[]): string {
  return rows.map(({ id }) => `${id}\n`).join("");
}

export function save(name: string, type: string, content: string): void {
  // The mark tells spreadsheets that it is UTF-8.
  const mark = type === "text/csv" ? "\ufeff" : "";
  const url = URL.createObjectURL(new Blob([mark, content], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
