// Builds the site and serves it the way a static host would, below a path of its own.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built site is served. Ends in a slash. */
    site: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const path = '/some/sub/path/';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** In a process of its own: here NODE_ENV is "test", and the site would be built for that. */
function build(): void {
  const env = { ...process.env, NODE_ENV: 'production', VITEST: undefined };
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The site does not build.');
}

/** The file in dist that a URL names, or undefined if it names none. */
function fileFor(url: string): string | undefined {
  const { pathname } = new URL(url, 'http://site');
  if (!pathname.startsWith(path)) return undefined;
  const file = normalize(join(dist, decodeURIComponent(pathname.slice(path.length)) || 'index.html'));
  return file.startsWith(dist) ? file : undefined;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env.SITE_BUILT !== '1') build();

  const server = createServer((request, response) => {
    const file = fileFor(request.url ?? '/');
    const content = file ? readFile(file) : Promise.reject(new Error('outside the site'));
    content.then(
      (bytes) => {
        const type = contentTypes[extname(file ?? '')] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type }).end(bytes);
      },
      () => response.writeHead(404).end('Not found'),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  project.provide('site', `http://127.0.0.1:${port}${path}`);

  return () =>
    new Promise((closed) => {
      server.close(() => {
        closed();
      });
      server.closeAllConnections();
    });
}
