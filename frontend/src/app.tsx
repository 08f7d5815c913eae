// The app as a host of widgets wants it: one state for each model, as many views of it as there are.

import "./app.css";
import { effect } from "@preact/signals";
import { render as draw } from "preact";
import { Kernel } from "./kernel/kernel";
import type { Model } from "./kernel/model";
import { Pictures } from "./kernel/pictures";
import { keepOnlyStill } from "./kernel/saving";
import { stopPlaying } from "./media/player";
import { Frame } from "./panels/Frame";
import { AppContext } from "./state/context";
import { Store } from "./state/store";

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const store = new Store(model);
  const kernel = new Kernel(model);
  const pictures = new Pictures(kernel);
  const met = effect(() => {
    const own = store.facts.own.value;
    kernel.meet(own).then((host) => host && keepOnlyStill(host));
  });
  draw(
    <AppContext.Provider value={{ store, kernel, pictures }}>
      <Frame />
    </AppContext.Provider>,
    el,
  );
  return () => {
    met();
    draw(null, el);
    stopPlaying();
    kernel.close();
    pictures.close();
    store.close();
  };
}

export default { render };
