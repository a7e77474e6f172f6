// Choices from a seed (mulberry32): the same seed makes the same choices, though what processes make of them differs.
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // A number from 0 to `below` - 1.
  next(below) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  between(least, most) {
    return least + this.next(most - least + 1);
  }

  of(list) {
    return list[this.next(list.length)];
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Waits until `holds` is true; when it never is, fails with what it said last.
export async function until(what, seconds, holds) {
  const last = Date.now() + seconds * 1000;
  for (let said; ; await pause(250)) {
    try {
      if (await holds()) return;
    } catch (error) {
      said = error.message;
    }
    if (Date.now() > last) throw new Error(`${what}: not within ${seconds} s${said ? `; ${said}` : ""}`);
  }
}
