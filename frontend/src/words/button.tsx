// JupyterLab takes letters typed on a focused element for commands: x would cut the cell. This keeps it from that.

import type { ComponentChildren, JSX } from "preact";

export const QUIET = { "data-lm-suppress-shortcuts": "true" } as const;

type Props = JSX.IntrinsicElements["button"] & { label?: string; children?: ComponentChildren };

export function Button({ label, children, ...rest }: Props) {
  const said = label === undefined ? {} : { "aria-label": label, title: label };
  return (
    <button type="button" {...QUIET} {...said} {...rest}>
      {children}
    </button>
  );
}
