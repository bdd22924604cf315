// React's hooks as names of this package: of one letter in the built file, where each that comes
// from another package is written out.
import React from 'react';

export const {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore
} = React;
