// A training begun from the form: its file is sent, its job is followed until there is a board.
import { useCallback, useEffect, useRef, useState } from 'react';

import { isAbort, ProblemError } from '../../api/problems';
import type { LeaderboardJobCreate, LeaderboardJobPublic } from '../../api/types';
import { useRegistry } from '../../components/context';
import { useKept } from '../../components/kept';

/** Milliseconds between two looks at a job that has no leaderboard yet. */
const LOOK_MS = 700;

export interface TrainingJob {
  /** The file, while it is sent. */
  sending?: { done: number; total: number };
  /** Whether the job reads and checks its data. */
  waiting: boolean;
  error?: unknown;
  dismiss: () => void;
  begin: (body: LeaderboardJobCreate, file?: File) => Promise<void>;
  cancel: () => void;
}

/** `done` is called when the leaderboard that came of it was opened. */
export function useTrainingJob(done: () => void): TrainingJob {
  const registry = useRegistry();
  const { api } = registry;
  const [job, setJob] = useKept<string>('job', '', true);
  const [sending, setSending] = useState<TrainingJob['sending']>();
  const [beginning, setBeginning] = useState(false);
  const [error, setError] = useState<unknown>();
  const controller = useRef<AbortController>();
  const latest = useRef({ done, registry });
  latest.current = { done, registry };

  useEffect(() => {
    if (!job) {
      return;
    }
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        const found = await api.trainingJob(job, stop.signal);
        if (typeof found.leaderboard_id === 'number') {
          setJob('');
          await latest.current.registry.openLeaderboard(found.leaderboard_id);
          latest.current.done();
        } else if (found.state === 'starting' || found.state === 'running') {
          timer = setTimeout(() => void look(), LOOK_MS);
        } else {
          setJob('');
          setError(problemOfJob(found));
        }
      } catch (reason) {
        if (isAbort(reason) || stop.signal.aborted) {
          return;
        }
        if (reason instanceof ProblemError) {
          setJob(''); // after a restart of the server it is not known any more
          setError(reason);
        } else {
          timer = setTimeout(() => void look(), 4 * LOOK_MS); // the server does not answer
        }
      }
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [api, job, setJob]);

  const begin = async (body: LeaderboardJobCreate, file?: File) => {
    if (beginning || job) {
      return;
    }
    setBeginning(true);
    setError(undefined);
    const stop = new AbortController();
    controller.current = stop;
    let upload: string | undefined;
    try {
      if (file) {
        setSending({ done: 0, total: file.size });
        upload = (await api.beginUpload()).id;
        await api.uploadFile(upload, file.name, file, {
          onProgress: (sent, total) => setSending({ done: sent, total }),
          signal: stop.signal
        });
        setSending(undefined);
      }
      const begun = await api.train({ ...body, ...(upload === undefined ? {} : { upload }) });
      setJob(begun.id);
    } catch (reason) {
      setSending(undefined);
      if (upload !== undefined) {
        void api.deleteUpload(upload).catch(() => undefined);
      }
      if (!isAbort(reason)) {
        setError(reason);
      }
    } finally {
      setBeginning(false);
    }
  };
  const cancel = useCallback(() => {
    controller.current?.abort();
    if (job) {
      setJob('');
      void api.endTrainingJob(job).catch(setError);
    }
  }, [api, job, setJob]);

  const waiting = !!job || (beginning && !sending);
  const dismiss = () => setError(undefined);
  return { sending, waiting, error, dismiss, begin, cancel };
}

function problemOfJob(job: LeaderboardJobPublic): Error {
  return job.problem
    ? new ProblemError(job.problem)
    : new Error(job.log || `The training job is ${job.state}.`);
}
