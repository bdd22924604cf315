// All that is loaded when the first view of a leaderboard is opened.
export { Comparison } from './Comparison';
export { LeaderboardPanel } from './LeaderboardPanel';
export { Models } from './Models';
export { Training } from './Training';
export { TrainForm } from './TrainForm';
