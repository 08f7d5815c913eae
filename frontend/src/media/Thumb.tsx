// A small picture of an item; the sign of its modality stands in until it comes, and for good where there is none.

import { useEffect, useState } from "preact/hooks";
import type { Pictures } from "../kernel/pictures";
import { Icon } from "../words/icons";

interface Shown {
  id: string;
  title: string;
  modality: string;
}

export function Thumb({ item, pictures }: { item: Shown; pictures: Pictures }) {
  const [url, setUrl] = useState<{ id: string; url: string | null } | null>(null);
  useEffect(() => {
    let stale = false;
    pictures.url(item.id).then((found) => {
      if (!stale) setUrl({ id: item.id, url: found });
    });
    return () => {
      stale = true;
    };
  }, [item.id, pictures]);
  const shown = url?.id === item.id ? url.url : null;
  return (
    <span class="nx-thumb">
      {shown ? <img src={shown} alt={item.title} data-id={item.id} draggable={false} /> : <Icon name={item.modality} />}
    </span>
  );
}
