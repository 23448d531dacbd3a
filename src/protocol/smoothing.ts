/** Greatest strength of the mean that smooths curves; more moves no more. Not beside a schema: panels do without these. */
export const MOST_SMOOTHING = 0.99;
