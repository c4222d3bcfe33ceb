/** What the worker that draws edges does. */
export interface EdgeCalls {
  /** A picture in, its line drawing out: black on white, opaque. */
  draw: { args: ImageData; result: { readonly drawing: ImageData; readonly ink: number } };
}
