// Rows under way: progress, cancel, what came of it; it goes on while other tabs are shown.
import { ConnectionLostError, isAbort } from '../../../api/problems';
import type { SendOptions } from '../../../api/sending';
import { useKept } from '../../../components/kept';

export type Job<R> =
  | { state: 'idle' }
  | { state: 'running'; sent: number; total: number; cancel: () => void }
  | { state: 'cancelled' }
  | { state: 'failed'; error: unknown }
  | { state: 'done'; result: R };

/** What the sending of a file needs. */
export type Sending = Required<Pick<SendOptions, 'signal' | 'onProgress'>>;

/** The job of a name, the way to begin it with a file, and to forget what came of it. */
export function useJob<R>(
  name: string
): [Job<R>, (file: File, work: (sending: Sending) => Promise<R>) => Promise<void>, () => void] {
  const [job, setJob] = useKept<Job<R>>(`${name}.job`, { state: 'idle' });
  const run = async (file: File, work: (sending: Sending) => Promise<R>): Promise<void> => {
    const controller = new AbortController();
    const cancel = () => controller.abort();
    setJob({ state: 'running', sent: 0, total: file.size, cancel });
    try {
      const result = await work({
        signal: controller.signal,
        onProgress: (sent, total) => setJob({ state: 'running', sent, total, cancel })
      });
      setJob({ state: 'done', result });
    } catch (error) {
      setJob(
        isAbort(error)
          ? { state: 'cancelled' }
          : { state: 'failed', error: await ofFile(file, error) }
      );
    }
  };
  const forget = () => setJob(now => (now.state === 'running' ? now : { state: 'idle' }));
  return [job, run, forget];
}

/** A connection also breaks when the file cannot be read any more. */
async function ofFile(file: File, error: unknown): Promise<unknown> {
  if (error instanceof ConnectionLostError) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      return new Error(`${file.name} was changed or removed since it was chosen: choose it again.`);
    }
  }
  return error;
}
