import { useRef, useState } from 'preact/hooks';

/** One task at a time that may take a while, with a message about it. */
export interface Work {
  readonly isBusy: boolean;
  /** Progress, or the reason why the last task failed. */
  readonly message: string | undefined;
  readonly setMessage: (message: string | undefined) => void;
  /** Starts a task, unless another one is running. An error of the task becomes the message. */
  readonly run: (task: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Aborts the signal of the running task. */
  readonly stop: () => void;
}

export function useWork(): Work {
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string>();
  const controller = useRef<AbortController>();
  return {
    isBusy,
    message,
    setMessage,
    async run(task) {
      if (isBusy) return;
      controller.current = new AbortController();
      setBusy(true);
      setMessage(undefined);
      try {
        await task(controller.current.signal);
      } catch (error) {
        setMessage(`Failed: ${(error as Error).message}.`);
      } finally {
        setBusy(false);
      }
    },
    stop: () => controller.current?.abort(),
  };
}
