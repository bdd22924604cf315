// The style sheet as one text (`!!`: by this loader alone; css-loader and style-loader would add
// more to what is loaded than this does).
import text from '!!../scripts/style.cjs!./index.css';

const sheet = document.createElement('style');
sheet.textContent = text;
document.head.append(sheet);
