// The way from one tab of a panel to another.

import { createContext, useContext } from '../react';

const Context = createContext<(id: string) => void>(() => undefined);

export const SelectTabProvider = Context.Provider;

/** Shows the panel's tab of an id. */
export function useSelectTab(): (id: string) => void {
  return useContext(Context);
}
