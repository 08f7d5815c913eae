// The clusters, to read: what each is called, how true that is, whether it comes back, how many items it has.

import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { ClusterRow } from "../state/facts";
import { Button } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { count } from "../words/numbers";

const PICTURES = 3;

export function PageClusters() {
  const { rows, stability } = useApp().store.facts.clusters.value;
  return (
    <div class="nx-page-clusters">
      {stability.sentence && <p class="nx-quiet">{stability.sentence}</p>}
      <ul aria-label="Clusters">
        {rows.map((row) => (
          <Line key={row.key} row={row} />
        ))}
      </ul>
    </div>
  );
}

function Line({ row }: { row: ClusterRow }) {
  const { store, kernel, pictures } = useApp();
  const { column, columns, muted, clusters } = store.facts;
  const found = clusters.value.stability.clusters?.[row.key];
  const others = columns.value.entries.map(({ key }) => key).filter((key) => key !== row.key);
  const isMuted = muted.value.includes(row.key);
  const isOnly = !isMuted && others.length > 0 && others.every((key) => muted.value.includes(key));
  const heard = [row.name, `${count(row.count)} items`, found?.reading].filter(Boolean).join(", ");
  return (
    <li class="nx-page-cluster" data-key={row.key} data-muted={column.value === "cluster" && isMuted}>
      <Button
        class="nx-entry"
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
          <span class="nx-share" data-firm={String(found.firm)} title="Found again in halves of the items">
            {!found.firm && <Icon name="doubt" />}
            {found.share}
          </span>
        )}
        <span class="nx-count">{count(row.count)}</span>
      </Button>
      <span class="nx-medoids" aria-hidden="true">
        {row.medoids.slice(0, PICTURES).map((id) => (
          <Thumb key={id} item={{ id, title: "", modality: "text" }} pictures={pictures} />
        ))}
      </span>
      {column.value === "cluster" && (
        <Button
          class="nx-verb"
          aria-pressed={isOnly}
          title={isOnly ? "Show all clusters" : "Grey all other clusters"}
          onClick={() => kernel.tell("mute", { keys: isOnly ? [] : others })}
        >
          only
        </Button>
      )}
    </li>
  );
}
