// A training begun from the form: its file is sent, its job is followed until there is a board.

import { isAbort, ProblemError } from '../../api/problems';
import type { LeaderboardJobCreate, LeaderboardJobPublic } from '../../api/types';
import { useRegistry } from '../../components/context';
import { useKept } from '../../components/kept';
import { useCallback, useEffect, useRef, useState } from '../../react';

/** Milliseconds between two looks at a job that has no leaderboard yet. */
const LOOK_MS = 700;
/** Milliseconds before each look for a job that was asked for just before the page was loaded. */
const LOST_MS = [0, 1_000, 3_000, 6_000, 10_000];
/** Milliseconds after the page was loaded from which on a form is a new one. */
const YOUNG_MS = 60_000;

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

/**
 * `token` is the form's own, by which the job is found again where a reload of the page lost the
 * answer; `done` is called when the leaderboard that came of it was opened.
 */
export function useTrainingJob(token: string, done: () => void): TrainingJob {
  const registry = useRegistry();
  const { api } = registry;
  const [job, setJob] = useKept<string>('job', '', true);
  /** The last that ended without a leaderboard, and was shown to have. */
  const [ended, setEnded] = useKept<string>('ended', '', true);
  const [sending, setSending] = useState<TrainingJob['sending']>();
  const [beginning, setBeginning] = useState(false);
  const [error, setError] = useState<unknown>();
  const controller = useRef<AbortController>();
  /** Whether one was asked for since the page was loaded. */
  const asked = useRef(false);
  const latest = useRef({ done, registry });
  latest.current = { done, registry };

  const restored = useRef({ job, ended });
  useEffect(() => {
    const known = restored.current;
    const stop = new AbortController();
    // the server may hear of the job only after the page was loaded again, and what was remembered
    // may be of the one before it
    const find = async () => {
      let seen = known.job || known.ended;
      for (const wait of LOST_MS) {
        await new Promise(resolve => setTimeout(resolve, wait));
        if (stop.signal.aborted || asked.current) {
          return;
        }
        const found = (await api.trainingJobs(stop.signal)).find(one => one.token === token);
        const runs = found?.state === 'starting' || found?.state === 'running';
        const came = typeof found?.leaderboard_id === 'number';
        if (found && found.id !== seen && (runs || came || found.state !== 'stopped')) {
          seen = found.id;
          setJob(found.id); // of one that was refused it is said; a later one may be on its way
        }
        if (runs || came) {
          return;
        }
      }
    };
    if (performance.now() < YOUNG_MS) {
      find().catch(() => undefined); // then it is a form as any other
    }
    return () => stop.abort();
  }, [api, token, setJob]);

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
          setEnded(job);
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
  }, [api, job, setJob, setEnded]);

  const begin = async (body: LeaderboardJobCreate, file?: File) => {
    if (beginning || job) {
      return;
    }
    asked.current = true;
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
      const data = upload === undefined ? {} : { upload };
      const begun = await api.train({ ...body, ...data, token });
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
      setEnded(job);
      void api.endTrainingJob(job).catch(setError);
    }
  }, [api, job, setJob, setEnded]);

  const waiting = !!job || (beginning && !sending);
  const dismiss = () => setError(undefined);
  return { sending, waiting, error, dismiss, begin, cancel };
}

function problemOfJob(job: LeaderboardJobPublic): Error {
  return job.problem
    ? new ProblemError(job.problem)
    : new Error(job.log || `The training job is ${job.state}.`);
}
