/** The button of the menu that was opened last: a question that the menu asked leads back to it, when the menu is gone already. */
let opener: HTMLElement | null = null;

/** @param menu what just opened; it is labelled by its button */
export function rememberOpener(menu: HTMLElement | null): void {
  if (menu) opener = document.getElementById(menu.getAttribute('aria-labelledby') ?? '');
}

export const lastOpener = (): HTMLElement | null => (opener?.isConnected ? opener : null);
