// The engine without a worker between, as the page's state talks to it.
import type { Report } from '../../src/engine/protocol.ts';
import { Session } from '../../src/engine/session.ts';
import { connect, type Port, type StartEngine } from '../../src/state/engine.ts';

export const startSession: StartEngine = (onReport, onCrash) => {
  const port: Port = {
    postMessage: (command) => session.handle(command),
    onmessage: null,
    onerror: null,
    terminate: () => {},
  };
  const session = new Session((data) => port.onmessage?.({ data } as MessageEvent<Report>));
  void session.run();
  return connect(port, onReport, onCrash);
};
