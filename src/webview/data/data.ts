/** The panel that shows what is in a data set. */
import type { FromDataPanel, ToDataPanel } from "../../protocol/dataPanel.ts";
import { connectHost } from "../base/host.ts";
import { writeDataPage } from "./dataPage.ts";

const root = document.getElementById("panel");
if (root !== null) {
  const host = connectHost<ToDataPanel, FromDataPanel>(["description"], ({ description }) =>
    writeDataPage(root, description),
  );
  host.send({ type: "ready" });
}
