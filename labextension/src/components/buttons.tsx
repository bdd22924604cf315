// What is pressed: a button, one that looks like a link, and the one that sends a form.
import type React from 'react';

type ButtonProps = React.ButtonHTMLAttributes<HTMLButtonElement>;

export function Button(props: ButtonProps): React.ReactElement {
  return <button type="button" className="jp-Registry-button" {...props} />;
}

export function LinkButton(props: ButtonProps): React.ReactElement {
  return <button type="button" className="jp-Registry-link" {...props} />;
}

export function SubmitButton(props: ButtonProps): React.ReactElement {
  return <button type="submit" className="jp-Registry-button jp-mod-primary" {...props} />;
}
