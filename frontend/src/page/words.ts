// Which items carry the words of a query: at the beginning of a word, whatever the case and the accents.

export interface Carried {
  // Positions of items that carry all words in their title; and of those that carry them, but not there.
  inTitle: number[];
  inText: number[];
}

// Scripts that put no space between words: there, a word is found anywhere.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function wordsOf(query: string): string[] {
  return fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

const patterns = (query: string): RegExp[] =>
  wordsOf(query).map((word) => new RegExp(UNSPACED.test(word) ? word : `(?<![\\p{L}\\p{N}])${word}`, "u"));

export class WordIndex {
  private readonly titles: string[];
  private readonly whole: string[];

  constructor(titles: readonly string[], texts: readonly string[]) {
    this.titles = titles.map(fold);
    this.whole = this.titles.map((title, i) => `${title}\n${fold(texts[i] ?? "")}`);
  }

  find(query: string, among: (item: number) => boolean): Carried {
    const wanted = patterns(query);
    const found: Carried = { inTitle: [], inText: [] };
    if (!wanted.length) return found;
    const carries = (text: string) => wanted.every((word) => word.test(text));
    this.whole.forEach((text, item) => {
      if (!among(item) || !carries(text)) return;
      (carries(this.titles[item]!) ? found.inTitle : found.inText).push(item);
    });
    return found;
  }
}
