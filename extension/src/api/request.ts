import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { components } from './schema';

/** The models of the service, by name: `Schemas['Run']`. */
export type Schemas = components['schemas'];

/** An error reply of the service (RFC 9457), or the connection's own failure. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string
  ) {
    super(detail);
    this.name = 'RequestError';
  }
}

export interface IRequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A list is said as often as it has items. */
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: unknown;
  /** Nobody clicked: the request must not keep an idle Jupyter server from being culled. */
  background?: boolean;
}

/** The one way to the service: through Jupyter's server, with its login and XSRF token. */
export class Api {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** Whether the service has answered this page yet: until then it may be starting. */
  answered = false;

  /** Send a request, give the reply's JSON. Throws a RequestError. */
  async json<T>(path: string, options: IRequestOptions = {}): Promise<T> {
    const reply = await this.send(path, options);
    return reply.status === 204 ? (undefined as T) : ((await reply.json()) as T);
  }

  /** Send a request, give the reply's text. Throws a RequestError. */
  async text(path: string, options: IRequestOptions = {}): Promise<string> {
    return (await this.send(path, options)).text();
  }

  /** Send a request, give the reply as a file. Throws a RequestError. */
  async blob(path: string, options: IRequestOptions = {}): Promise<Blob> {
    return (await this.send(path, options)).blob();
  }

  private async send(path: string, options: IRequestOptions): Promise<Response> {
    const { method = 'GET', query = {}, body, background } = options;
    const words = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map(one => [name, String(one)])
    );
    const search = words.length ? `?${new URLSearchParams(words)}` : '';
    const headers: Record<string, string> = {};
    if (background) {
      headers['X-Labwright-Background'] = '1';
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    let reply: Response;
    try {
      reply = await ServerConnection.makeRequest(
        URLExt.join(this.settings.baseUrl, 'labwright', path) + search,
        { method, headers, body: body === undefined ? undefined : JSON.stringify(body) },
        this.settings
      );
    } catch {
      throw new RequestError(
        0,
        'no_connection',
        'The Jupyter server does not answer. Check that it runs, then try again.'
      );
    }
    if (!reply.ok) {
      throw await problemOf(reply);
    }
    this.answered = true;
    return reply;
  }
}

/** A path of the service from parts that may hold any character. */
export function pathOf(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

async function problemOf(reply: Response): Promise<RequestError> {
  const problem: Partial<Schemas['Problem']> = await reply.json().catch(() => ({}));
  if (problem.code && problem.detail) {
    return new RequestError(reply.status, problem.code, problem.detail);
  }
  if (reply.status === 404) {
    return new RequestError(
      404,
      'no_door',
      'This Jupyter server has no Labwright. Install it where JupyterLab runs: pip install "labwright[lab]".'
    );
  }
  return new RequestError(
    reply.status,
    'http_error',
    `The Jupyter server answered ${reply.status}. Reload the page, or look at the server's log.`
  );
}
