// How the map came about, what to know before reading it, and what could not be read.

import { useApp } from "../state/context";
import { QUIET } from "../words/button";
import { Rows } from "./item";

export function AboutBoard() {
  const { about } = useApp().store.facts;
  const { headline, trust, caveats, unread, unread_words, unread_more, rows } = about.value;
  return (
    <div class="nx-about">
      <h3>{headline}</h3>
      <p>{trust}</p>
      {caveats.map((caveat) => (
        <p key={caveat} class="nx-caveat">
          {caveat}
        </p>
      ))}
      {unread_words && (
        <details class="nx-unread" open>
          <summary {...QUIET}>{unread_words}</summary>
          <Rows rows={unread} />
          {unread_more && <p class="nx-quiet">{unread_more}</p>}
        </details>
      )}
      <h4>How it was made</h4>
      <Rows rows={rows} />
    </div>
  );
}
