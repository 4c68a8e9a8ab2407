/** What is wrong with a label; the codes are those of the server's `read`. */
export class LabelFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
