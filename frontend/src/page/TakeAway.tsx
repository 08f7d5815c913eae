// The ids of the slice, to take along: as a table, as plain text, or copied.

import { useSignal } from "@preact/signals";
import { useApp } from "../state/context";
import { Button } from "../words/button";
import { copyWords } from "../words/clipboard";
import { count } from "../words/numbers";
import type { Answers } from "./answers";
import { csvOf, save, textOf } from "./files";

export function TakeAway({ answers, name }: { answers: Answers; name: string }) {
  const { store } = useApp();
  const said = useSignal("");
  const { serial, kind, total } = store.facts.items.value;
  const n = kind === "typical" ? answers.n : total;
  const rows = () => answers.positions.map((position) => answers.items.tile(position));
  const ids = `${count(n)} ${n === 1 ? "id" : "ids"}`;
  const take = (form: "csv" | "txt") => {
    if (form === "csv") save(`${name}.csv`, "text/csv", csvOf(rows()));
    else save(`${name}.txt`, "text/plain", textOf(rows()));
    said.value = `${ids} written to ${name}.${form}`;
  };
  const copyIds = async () => {
    said.value = (await copyWords(textOf(rows()))) ? `${ids} copied` : "This browser does not let a page copy.";
  };
  return (
    <div class="nx-take" role="group" aria-label="Take the ids of the slice away" key={serial}>
      <span class="nx-take-words">Take {ids}</span>
      <Button class="nx-button" disabled={!n} onClick={() => take("csv")}>
        CSV
      </Button>
      <Button class="nx-button" disabled={!n} onClick={() => take("txt")}>
        TXT
      </Button>
      <Button class="nx-button" disabled={!n} onClick={copyIds}>
        Copy
      </Button>
      <span class="nx-quiet" role="status">
        {said.value}
      </span>
    </div>
  );
}
