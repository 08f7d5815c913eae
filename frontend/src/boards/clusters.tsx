// The clusters, to read: what each is called, how many items it has, whether it comes back.

import { useSignal } from "@preact/signals";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { ClusterRow, Found } from "../state/facts";
import { Button } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { menuSpot, opensMenu } from "../words/menu";
import { count, duration } from "../words/numbers";
import { SizeOfClusters, Spacing } from "./sweep";

const WORTH_SAYING = 5;
const ROW_PX = 40;
const AHEAD = 6;
const ALL_AT_ONCE = 200;

export function ClustersBoard() {
  const { store } = useApp();
  const { rows, stability } = store.facts.clusters.value;
  const top = useSignal(0);
  const most = Math.max(...rows.map((row) => row.count), 1);
  // Thousands of clusters: only those in view are drawn.
  const [first, last] =
    rows.length <= ALL_AT_ONCE
      ? [0, rows.length]
      : [
          Math.max(0, Math.floor(top.value / ROW_PX) - AHEAD),
          Math.min(rows.length, Math.floor(top.value / ROW_PX) + 30),
        ];
  return (
    <div
      class="nx-clusters"
      onScroll={(e) => {
        top.value = e.currentTarget.scrollTop;
      }}
    >
      <div class="nx-clusters-head">
        <SizeOfClusters />
        <Stability />
      </div>
      <ul
        class="nx-cluster-list"
        aria-label="Clusters"
        style={{ paddingTop: `${first * ROW_PX}px`, paddingBottom: `${(rows.length - last) * ROW_PX}px` }}
      >
        {rows.slice(first, last).map((row) => (
          <ClusterLine
            key={row.key}
            row={row}
            most={most}
            found={stability.clusters?.[row.key]}
            isLast={row === rows.at(-1)}
          />
        ))}
      </ul>
      <Spacing />
    </div>
  );
}

interface Line {
  row: ClusterRow;
  most: number;
  found: Found | undefined;
  isLast: boolean;
}

function ClusterLine({ row, most, found, isLast }: Line) {
  const { store, kernel, pictures } = useApp();
  const { column, muted, columns } = store.facts;
  const byCluster = column.value === "cluster";
  const isMuted = byCluster && muted.value.includes(row.key);
  const others = columns.value.entries.map(({ key }) => key).filter((key) => key !== row.key);
  const isOnly = byCluster && others.length > 0 && !isMuted && others.every((key) => muted.value.includes(key));
  const toggle = () =>
    kernel.tell("mute", { keys: isMuted ? muted.value.filter((key) => key !== row.key) : [...muted.value, row.key] });
  const menu = (event: MouseEvent) => {
    if (opensMenu(event, store))
      store.menu.value = { of: "cluster", target: row.key, title: row.name, ...menuSpot(event) };
  };
  const heard = [row.name, `${count(row.count)} items`, found?.reading, found && `${found.share} found again`]
    .filter(Boolean)
    .join(", ");
  return (
    <li class="nx-cluster" data-key={row.key} data-muted={isMuted} onContextMenu={menu}>
      <Button
        class="nx-cluster-name"
        aria-label={heard}
        title={`${heard}. Click for its items`}
        onClick={() => kernel.tell("choose_cluster", { key: row.key })}
      >
        <Dot color={row.color} />
        <span class="nx-entry-name" dir="auto">
          {row.name}
        </span>
        {row.score && (
          <span class="nx-name-score" data-doubtful={row.doubtful} title={row.evidence}>
            {row.score}
          </span>
        )}
        {found && (
          <span class="nx-share" data-firm={String(found.firm)}>
            {!found.firm && <Icon name="doubt" />}
            {found.share}
          </span>
        )}
        <span class="nx-count">{count(row.count)}</span>
        <span class="nx-extent" aria-hidden="true">
          <span style={{ width: `${(100 * row.count) / most}%`, background: row.color }} />
        </span>
      </Button>
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
            title={isOnly ? "Show all clusters" : "Grey all other clusters"}
            onClick={() => kernel.tell("mute", { keys: isOnly ? [] : others })}
          >
            only
          </Button>
          <Button
            class="nx-verb nx-but"
            aria-pressed={isMuted}
            title={isMuted ? "Show it again" : "Grey this cluster"}
            onClick={toggle}
          >
            {isMuted ? "show" : "grey"}
          </Button>
        </span>
      )}
    </li>
  );
}

// Which clusters come back when halves of the items are clustered again: measured at a click, then said of each.
function Stability() {
  const { store, kernel } = useApp();
  const measuring = useSignal(false);
  const { offer, seconds = 0, sentence } = store.facts.clusters.value.stability;
  if (!offer && !sentence) return null;
  const measure = async () => {
    measuring.value = true;
    await kernel.tell("measure_stability");
    measuring.value = false;
  };
  return (
    <div class="nx-stability">
      {offer && (
        <Button class="nx-button" disabled={measuring.value} title={offer} onClick={measure}>
          {measuring.value
            ? "Measuring stability …"
            : `Measure stability${seconds > WORTH_SAYING ? ` (about ${duration(seconds)})` : ""}`}
        </Button>
      )}
      {sentence && <p class="nx-grain-words">{sentence}</p>}
    </div>
  );
}
