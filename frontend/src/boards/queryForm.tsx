// The form of boards that put queries: their lines, how many of the first results count, and the button that begins.

import "./queryForm.css";
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button, QUIET } from "../words/button";

interface Props {
  queries: Signal<string>;
  does: string;
  working: string;
  works: boolean;
  onBegin: () => void;
  children: ComponentChildren;
  // Beside the button.
  beside?: ComponentChildren;
}

export function QueryForm({ queries, does, working, works, onBegin, children, beside }: Props) {
  return (
    <form
      class="nx-form"
      onSubmit={(event) => {
        event.preventDefault();
        onBegin();
      }}
    >
      {children}
      <p class="nx-row">
        <Button class="nx-button nx-primary" type="submit" disabled={works || !queries.value.trim()}>
          {works ? working : does}
        </Button>
        {beside}
      </p>
    </form>
  );
}

export function QueryLines({
  label,
  queries,
  placeholder,
}: {
  label: string;
  queries: Signal<string>;
  placeholder?: string;
}) {
  return (
    <label>
      {label}
      <textarea
        class="nx-input nx-query-lines"
        rows={6}
        placeholder={placeholder}
        value={queries.value}
        {...QUIET}
        onKeyDown={(event) => event.stopPropagation()}
        onInput={(event) => {
          queries.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

export function FirstResults({
  label,
  k,
  usual,
  most,
}: {
  label: string;
  k: Signal<number>;
  usual: number;
  most: number;
}) {
  return (
    <label class="nx-inline">
      {label}
      <input
        class="nx-input nx-number"
        type="number"
        min={1}
        max={most}
        value={k.value}
        {...QUIET}
        onKeyDown={(event) => event.stopPropagation()}
        onInput={(event) => {
          k.value = Number(event.currentTarget.value) || usual;
        }}
      />
    </label>
  );
}
