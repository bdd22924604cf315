// How large a body the server takes at once.
import { useRegistry } from '../../../components/context';
import { useAnswer } from '../../../components/useAnswer';

/** In bytes; `undefined` while it is not known. */
export function useBodyLimit(): number | undefined {
  const { api } = useRegistry();
  const limit = useAnswer(signal => api.info(signal), []).data?.limits?.['body_bytes'];
  return typeof limit === 'number' ? limit : undefined;
}
