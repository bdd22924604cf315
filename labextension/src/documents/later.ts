// All views, loaded when the first is opened: one file, in which what they share is there once.
export const laterViews = () => import('./views');
