import type { ProblemDocument } from '@bivak/contracts';

/** An error that a caller can act on; the server answers it as a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly extra: Record<string, unknown>;

  /**
   * @param status HTTP status
   * @param code   stable name of the kind of error, kebab-case (`unknown-sku`)
   * @param detail what is wrong, where, and what to do about it
   * @param extra  further members of the document
   */
  constructor(status: number, code: string, detail: string, extra: Record<string, unknown> = {}) {
    super(`${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }

  toDocument(instance: string): ProblemDocument & Record<string, unknown> {
    return {
      ...this.extra,
      type: `urn:bivak:problem:${this.code}`,
      title: problemTitles[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      code: this.code,
      instance,
    };
  }
}

export const problemTitles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  422: 'Cannot be done',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Not available now',
  504: 'No answer in time',
};
