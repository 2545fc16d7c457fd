const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
// In Node an open port would keep the process alive.
(channel.port1 as MessagePort & { unref?: () => void }).unref?.();

/** Lets queued messages be handled first; unlike `setTimeout(0)` without a forced delay. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

export const delay = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
