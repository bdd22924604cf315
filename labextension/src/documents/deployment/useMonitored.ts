// A reading of a deployment with its history: kept until the next is there, followed live.
import type { ServicePeriod } from '../../api/types';
import { useRegistry } from '../../components/context';
import { type Answer, useAnswer } from '../../components/useAnswer';
import { useLive } from './useLive';

export interface Monitored<T> extends Answer<{ read: T; history: readonly ServicePeriod[] }> {
  history: readonly ServicePeriod[];
}

/** `read` asks the server; what it depends on is in `question`. */
export function useMonitored<T>(
  deployment: number,
  read: (signal: AbortSignal) => Promise<T>,
  question: readonly unknown[]
): Monitored<T> {
  const { api } = useRegistry();
  const answer = useAnswer(
    async signal => {
      const [found, history] = await Promise.all([read(signal), api.history(deployment, signal)]);
      return { read: found, history };
    },
    [deployment, ...question],
    true
  );
  useLive(deployment, answer.reload);
  return { ...answer, history: answer.data?.history ?? [] };
}
