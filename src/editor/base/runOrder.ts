/** Orders in which the Runs view can list runs. */
export const RUN_ORDERS = ["newest", "sparsity", "metric", "name"] as const;
export type RunOrder = (typeof RUN_ORDERS)[number];
