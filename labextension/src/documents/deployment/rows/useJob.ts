// Rows under way: progress, cancel, what came of it; it goes on while other tabs are shown.

import { ConnectionLostError, isAbort, ProblemError } from '../../../api/problems';
import type { DeploymentPublic } from '../../../api/types';
import { useKept } from '../../../components/kept';
import { useRef } from '../../../react';
import type { Sending } from '../../../rows/parts';

export type Job<R> =
  | { state: 'idle' }
  | { state: 'running'; sent: number; total: number; cancel: () => void }
  /** `taken`: rows of a file sent in parts that the server had taken before. */
  | { state: 'cancelled'; taken: number }
  | { state: 'failed'; error: unknown; taken: number; of: DeploymentPublic }
  | { state: 'done'; result: R };

/** The job of a name, the way to begin it with a file, and to forget what came of it. */
export function useJob<R>(
  name: string,
  entity: DeploymentPublic
): [Job<R>, (file: File, work: (sending: Sending) => Promise<R>) => Promise<void>, () => void] {
  const [job, setJob] = useKept<Job<R>>(`${name}.job`, { state: 'idle' });
  const latest = useRef(entity);
  latest.current = entity;
  const run = async (file: File, work: (sending: Sending) => Promise<R>): Promise<void> => {
    const controller = new AbortController();
    const cancel = () => controller.abort();
    let taken = 0;
    setJob({ state: 'running', sent: 0, total: file.size, cancel });
    try {
      const result = await work({
        signal: controller.signal,
        onProgress: (sent, total) => setJob({ state: 'running', sent, total, cancel }),
        onTaken: rows => {
          taken = rows;
        }
      });
      setJob({ state: 'done', result });
    } catch (error) {
      setJob(
        isAbort(error)
          ? { state: 'cancelled', taken }
          : { state: 'failed', error: await ofFile(file, error), taken, of: latest.current }
      );
    }
  };
  const forget = () => setJob(now => (now.state === 'running' ? now : { state: 'idle' }));
  return [isOvercome(job, entity) ? { state: 'idle' } : job, run, forget];
}

/**
 * Whether a job was refused for the state of its deployment, which has another by now. What was
 * read before the refusal does not say that.
 */
export function isOvercome<R>(job: Job<R>, entity: DeploymentPublic): boolean {
  return (
    job.state === 'failed' &&
    job.error instanceof ProblemError &&
    job.error.type === 'DeploymentInactive' &&
    job.of !== entity &&
    job.error.fields['state'] !== entity.state
  );
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
