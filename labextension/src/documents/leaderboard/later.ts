// The views of leaderboards, loaded when the first is opened.
export const leaderboardViews = () => import('./views');
