"use strict";
// Solves the page's puzzle (prm/web/puzzles.py): a number with which SHA-256 of "challenge:number" begins with zero bits.
(() => {
  const form = document.querySelector("form[data-puzzle]");
  if (!form) return;
  const K = new Uint32Array(64);
  const START = new Uint32Array(8);
  // The constants of SHA-256: fractions of cube and square roots of the first primes.
  for (let number = 2, found = 0; found < 64; number++) {
    let prime = true;
    for (let d = 2; d * d <= number; d++) if (number % d === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = (Math.sqrt(number) % 1) * 4294967296;
    K[found++] = (Math.cbrt(number) % 1) * 4294967296;
  }
  const words = new Uint32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  function mix(state, block, offset) {
    for (let i = 0; i < 16; i++) {
      const at = offset + i * 4;
      words[i] = (block[at] << 24) | (block[at + 1] << 16) | (block[at + 2] << 8) | block[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15];
      const b = words[i - 2];
      words[i] = words[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + words[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  function firstWord(text) {
    const length = text.length;
    const bytes = new Uint8Array((((length + 8) >> 6) + 1) << 6);
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
    bytes[length] = 128;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, length * 8);
    const state = START.slice();
    for (let offset = 0; offset < bytes.length; offset += 64) mix(state, bytes, offset);
    return state[0];
  }

  const challenge = form.elements.challenge.value;
  const free = 32 - Number(form.dataset.puzzle);
  const button = form.querySelector("button[type=submit]");
  const note = form.querySelector("[data-puzzle-note]");
  let wanted = false;
  let number = 0;
  // A press before the answer is there waits for it: no button is ever grey.
  form.addEventListener("submit", (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted = true;
    button.setAttribute("aria-busy", "true");
    if (note) note.textContent = form.dataset.working;
  }, true);

  function work() {
    for (let tries = 0; tries < 1500; tries++, number++) {
      if (firstWord(`${challenge}:${number}`) >>> free === 0) {
        form.elements.answer.value = String(number);
        form.dataset.ready = "yes";
        if (wanted) form.requestSubmit();
        return;
      }
    }
    setTimeout(work, 0);
  }
  work();
})();
