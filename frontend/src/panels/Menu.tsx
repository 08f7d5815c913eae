// The app's own menu, at the pointer or beside what has the focus.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import type { MenuOf } from "../state/store";
import { Button } from "../words/button";
import { focused, useFocusBack } from "../words/focus";
import { offersOf } from "./verbs";

const EDGE = 6;

export function Menu() {
  const app = useApp();
  const menu = app.store.menu.value;
  useEffect(() => {
    app.store.hasMenu = true;
  }, []);
  return menu ? <OpenMenu key={`${menu.of}.${menu.target}.${menu.x}.${menu.y}`} menu={menu} /> : null;
}

function OpenMenu({ menu }: { menu: MenuOf }) {
  const app = useApp();
  const box = useRef<HTMLDivElement>(null);
  useFocusBack(box);
  const close = () => {
    app.store.menu.value = null;
  };
  useLayoutEffect(() => {
    const el = box.current!;
    el.showPopover();
    const { width, height } = el.getBoundingClientRect();
    el.style.left = `${Math.max(EDGE, Math.min(menu.x, innerWidth - width - EDGE))}px`;
    el.style.top = `${Math.max(EDGE, Math.min(menu.y, innerHeight - height - EDGE))}px`;
    el.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, []);
  useEffect(() => {
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", away, true);
    document.addEventListener("wheel", away, { capture: true, passive: true });
    return () => {
      document.removeEventListener("pointerdown", away, true);
      document.removeEventListener("wheel", away, true);
    };
  }, []);
  const key = (event: KeyboardEvent) => {
    event.stopPropagation();
    const items = [...box.current!.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(focused()!);
    const places: Record<string, number> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const place = places[event.key];
    if (place === undefined && event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    if (place !== undefined) items[place]?.focus();
    else close();
  };
  return (
    <div
      class="nx-menu"
      ref={box}
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-label={menu.title || "Map"}
      onKeyDown={key}
      onContextMenu={(event) => event.preventDefault()}
    >
      {menu.title && (
        <div class="nx-menu-title" dir="auto" aria-hidden="true">
          {menu.title}
        </div>
      )}
      {offersOf(app, menu).map(({ label, act, apart }) => (
        <Button
          key={label}
          class="nx-menu-item"
          role="menuitem"
          tabIndex={-1}
          data-apart={apart}
          onClick={() => {
            close();
            act();
          }}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
