// One cluster as a row: what it is called, how far it is decided, how large and how sure it is.

import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { ClusterRow } from "../state/facts";
import { Button } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { menuSpot, opensMenu } from "../words/menu";
import { count } from "../words/numbers";
import { isOpen } from "./clusterList";
import type { Deciding } from "./clusters";

const MARKS: Record<string, string> = { text: "◆", image: "●", page: "■", audio: "▲", video: "⬟" };
const LEAST_SHARE = 0.1;

interface Props {
  row: ClusterRow;
  top: number;
  most: number;
  isLast: boolean;
  isCurrent: boolean;
  tabIndex: number;
  deciding: Deciding;
}

export function ClusterLine({ row, top, most, isLast, isCurrent, tabIndex, deciding }: Props) {
  const { store, kernel, pictures } = useApp();
  const { column, muted, columns, modalities, clusters } = store.facts;
  const found = clusters.value.stability.clusters?.[row.key];
  const byCluster = column.value === "cluster";
  const isMuted = byCluster && muted.value.includes(row.key);
  const others = byCluster ? columns.value.entries.map(({ key }) => key).filter((key) => key !== row.key) : [];
  const isOnly = others.length > 0 && !isMuted && others.every((key) => muted.value.includes(key));
  const toggle = () =>
    kernel.tell("mute", { keys: isMuted ? muted.value.filter((key) => key !== row.key) : [...muted.value, row.key] });
  const mix = modalities.value.map(([name], at) => [name, row.mix[at] ?? 0] as const).filter(([, n]) => n > 0);
  const said = mix.map(([name, n]) => `${count(n)} ${name}`).join(", ");
  const decided = row.status && !isOpen(row) ? `${row.status}${row.by ? ` by ${row.by}` : ""}` : "";
  const heard = [row.name, `${count(row.count)} items`, decided, found?.reading, found && `${found.share} found again`]
    .filter(Boolean)
    .join(", ");
  const isTicked = deciding.ticked.value.has(row.key);
  const menu = (event: MouseEvent) => {
    if (opensMenu(event, store))
      store.menu.value = { of: "cluster", target: row.key, title: row.name, ...menuSpot(event) };
  };
  const tick = () => {
    const next = new Set(deciding.ticked.value);
    if (!next.delete(row.key)) next.add(row.key);
    deciding.ticked.value = next;
  };
  return (
    <div
      class="nx-cluster"
      role="listitem"
      data-key={row.key}
      data-muted={isMuted}
      data-current={isCurrent}
      data-status={row.status}
      onContextMenu={menu}
      style={{ top: `${top}px` }}
    >
      {!isLast && !clusters.value.read_only && (
        <input
          type="checkbox"
          class="nx-tick"
          aria-label={`Tick ${row.name}`}
          title="Tick several to make them one label"
          tabIndex={-1}
          checked={isTicked}
          onChange={tick}
        />
      )}
      <Button
        class="nx-cluster-name"
        aria-label={heard}
        aria-expanded={isCurrent}
        tabIndex={tabIndex}
        title={`${heard}. Click for its items`}
        onClick={() => {
          deciding.current.value = row.key;
          deciding.mode.value = "";
          kernel.tell("choose_cluster", { key: row.key });
        }}
        onDblClick={() => {
          if (!isLast && !clusters.value.read_only) deciding.mode.value = "rename";
        }}
      >
        <Dot key="dot" color={row.color} />
        <span key="name" class="nx-entry-name" dir="auto">
          {row.name}
        </span>
        {decided && (
          <span key="decided" class="nx-decided" data-status={row.status} title={decided}>
            {row.status === "mixed" || row.status === "unsure" ? <Icon name="doubt" /> : <Icon name="check" />}
          </span>
        )}
        {!decided && row.score && (
          <span key="score" class="nx-name-score" data-doubtful={row.doubtful} title={row.evidence}>
            {row.score}
          </span>
        )}
        {found && (
          <span key="share" class="nx-share" data-firm={String(found.firm)}>
            {!found.firm && <Icon name="doubt" />}
            {found.share}
          </span>
        )}
        {modalities.value.length > 1 && (
          <span key="mix" class="nx-mix" title={said} aria-hidden="true">
            {mix
              .filter(([, n]) => n >= LEAST_SHARE * row.count)
              .map(([name]) => MARKS[name] ?? "●")
              .join("")}
          </span>
        )}
        <span key="count" class="nx-count">
          {count(row.count)}
        </span>
        <span key="extent" class="nx-extent" aria-hidden="true">
          <span style={{ width: `${(100 * row.count) / most}%`, background: row.color }} />
        </span>
      </Button>
      <span class="nx-row-end">
        {!isLast && row.medoids.length > 0 && (
          <span class="nx-medoids" aria-hidden="true">
            {row.medoids.slice(0, row.doubtful ? 5 : 3).map((id) => (
              <Thumb key={id} item={{ id, title: "", modality: "image" }} pictures={pictures} />
            ))}
          </span>
        )}
        {byCluster && (
          <span class="nx-verbs">
            <Button
              class="nx-verb nx-only"
              aria-pressed={isOnly}
              tabIndex={tabIndex}
              title={isOnly ? "Show all clusters" : "Grey all other clusters"}
              onClick={() => kernel.tell("mute", { keys: isOnly ? [] : others })}
            >
              only
            </Button>
            <Button
              class="nx-verb nx-but"
              aria-pressed={isMuted}
              tabIndex={tabIndex}
              title={isMuted ? "Show it again" : "Grey this cluster"}
              onClick={toggle}
            >
              {isMuted ? "show" : "grey"}
            </Button>
          </span>
        )}
      </span>
    </div>
  );
}
