// Names by a language model: what would be sent, where to and for how much stands here before anything is sent.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { count } from "../words/numbers";
import { isOpen } from "./clusterList";

interface Plan {
  plan: string;
  clusters: number;
  new: number;
  rows: [string, string][];
  example: { name: string; text: string } | null;
}

interface Props {
  ticked: Signal<ReadonlySet<string>>;
  onClose: () => void;
}

const counted = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

function about({ clusters, new: asked }: Plan, which: string): string {
  const kept = clusters - asked;
  const before = kept
    ? `${asked ? "; " : ""}${counted(kept, "answer")} of this model ${kept === 1 ? "is" : "are"} kept`
    : "";
  return (asked ? counted(asked, `${which}cluster`) : "none: ") + before;
}

export function LanguageNames({ ticked, onClose }: Props) {
  const { store, kernel } = useApp();
  const { rows, language_models: models } = store.facts.clusters.value;
  const model = useSignal(models[0] ?? "");
  const plan = useSignal<Plan | null>(null);
  const asking = useSignal(false);
  const stopping = useSignal(false);
  const result = useSignal("");
  const obstacle = useSignal("");
  const refusal = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);
  const clusters = rows.slice(0, -1);
  const open = clusters.filter(isOpen);
  const [which, keys] = ticked.value.size
    ? ["ticked ", [...ticked.value]]
    : open.length
      ? ["open ", open.map(({ key }) => key)]
      : ["", clusters.map(({ key }) => key)];
  useLayoutEffect(() => field.current?.focus(), []);
  // Which clusters it is about, without their order: a plan for others is none.
  const wanted = [...keys].sort().join(" ");
  useEffect(() => {
    plan.value = null;
    if (asking.value) return;
    let stale = false;
    // Where a person goes on typing, only the last id is looked up.
    const timer = setTimeout(() => {
      kernel.ask("plan_names", { model: model.value, keys }).then(
        (answer) => {
          if (stale) return;
          obstacle.value = "";
          plan.value = answer as unknown as Plan;
        },
        (error: Error) => {
          if (!stale) obstacle.value = error.message;
        },
      );
    }, 300);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [wanted, model.value, asking.value]);
  const ask = async () => {
    const confirmed = plan.value!.plan;
    // The button that has the focus goes away, and the keys of the panel with it.
    panel.current?.focus();
    asking.value = true;
    stopping.value = false;
    refusal.value = "";
    result.value = "";
    await kernel.ask("ask_names", { plan: confirmed }).then(
      ({ words }) => {
        result.value = words;
      },
      (error: Error) => {
        refusal.value = error.message;
      },
    );
    asking.value = false;
  };
  const { value: shown } = plan;
  const problem = obstacle.value || refusal.value;
  return (
    <section
      ref={panel}
      class="nx-language"
      tabIndex={-1}
      aria-label="Names by a language model"
      onKeyDown={(event) => {
        // The keys of the list are not those of this form.
        event.stopPropagation();
        if (event.key === "Escape") onClose();
      }}
    >
      <label class="nx-language-model">
        <span>Model on Amazon Bedrock</span>
        <input
          ref={field}
          class="nx-input"
          list="nx-language-models"
          defaultValue={model.value}
          disabled={asking.value}
          spellcheck={false}
          autocomplete="off"
          {...QUIET}
          onInput={(event) => {
            model.value = event.currentTarget.value;
            refusal.value = "";
          }}
        />
        <datalist id="nx-language-models">
          {models.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      {shown && (
        <dl>
          <div>
            <dt>Asked about</dt>
            <dd>{about(shown, which)}</dd>
          </div>
          {shown.new > 0 && (
            <>
              {shown.rows.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
              <div>
                <dt>What is sent</dt>
                <dd>
                  Of each cluster its keywords, and titles and texts of its central items, cut to 300 characters: no
                  pictures, sounds or films.
                </dd>
              </div>
            </>
          )}
        </dl>
      )}
      <div class="nx-language-do">
        {asking.value ? (
          <Button
            class="nx-button"
            disabled={stopping.value}
            onClick={() => {
              stopping.value = true;
              kernel.tell("stop_names");
            }}
          >
            {stopping.value ? "Stopping …" : "Stop asking"}
          </Button>
        ) : (
          <Button class="nx-button nx-ask-names" disabled={!shown?.new} onClick={ask}>
            {!shown
              ? "Send and ask"
              : shown.new
                ? `Send and ask for ${counted(shown.new, "name")}`
                : "Nothing is left to ask"}
          </Button>
        )}
        <Button class="nx-button" onClick={onClose}>
          {result.value || asking.value ? "Close" : "Cancel"}
        </Button>
        <span class="nx-quiet" role="status">
          {asking.value
            ? store.facts.working.value
            : result.value || (!shown && !problem && "Looking at what would be sent …")}
        </span>
      </div>
      {problem && (
        <p class="nx-language-problem" role="alert">
          {problem}
        </p>
      )}
      {shown?.example && (
        <details>
          <summary>
            All that is sent about “<span dir="auto">{shown.example.name}</span>”
          </summary>
          <pre tabIndex={0} dir="auto" {...QUIET}>
            {shown.example.text}
          </pre>
        </details>
      )}
    </section>
  );
}
