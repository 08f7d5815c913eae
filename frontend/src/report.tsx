// The report: a page that reads by itself, with the app over the data inside it. No Python, no network.

import "./app.css";
import "./page/page.css";
import { render } from "preact";
import { Kernel } from "./kernel/kernel";
import { Pictures } from "./kernel/pictures";
import type { PageData } from "./page/data";
import { showExplanations } from "./page/explained";
import { PageModel } from "./page/model";
import { PageFrame } from "./page/PageFrame";
import { collectPictures, fillPictures, whenAsked } from "./page/static";
import { AppContext } from "./state/context";
import { Store } from "./state/store";

// Of the map, in pixels; of the window's height, and of its width: a map is about as wide as it is tall.
const [LEAST, MOST, OF_HEIGHT, OF_WIDTH] = [420, 780, 0.82, 0.58];

function start(place: HTMLElement): void {
  const data = JSON.parse(document.getElementById("nx-data")?.textContent ?? "") as PageData;
  collectPictures(data);
  const room = Math.min(innerHeight * OF_HEIGHT, innerWidth * OF_WIDTH, MOST);
  const model = new PageModel(data, Math.max(room, LEAST));
  const store = new Store(model);
  const kernel = new Kernel(model);
  const pictures = new Pictures(kernel);
  const app = { store, kernel, pictures };
  render(
    <AppContext.Provider value={app}>
      <PageFrame answers={model.answers} name={data.name} />
    </AppContext.Provider>,
    place,
  );
  // From here on the still picture is for paper only.
  document.documentElement.dataset.runs = "true";
  fillPictures(data);
  showExplanations(data, model.answers.items, app);
  whenAsked((what, details) => {
    store.lens.value = "items";
    kernel.tell(what, details);
    place.scrollIntoView({ behavior: "smooth", block: "start" });
  });
}

const place = document.getElementById("nx-app");
if (place) start(place);
