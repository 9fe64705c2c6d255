/**
 * Finds out how many requests a second a host takes, from its answers, and which of its refusals mean anything.
 *
 * More refusals than chance explains begin a trial: the host is asked a little less than it took in the last second. When
 * they stop, the rate was what was wrong, and afterwards a little more is tried again and again, since limits change and
 * are shared. When they go on as before, it was not: the old rate comes back, and so many refusals are chance from then on.
 */
import { AnswerCounts, type Outcomes, SLOT } from './answer-counts.ts'
import { TokenBucket } from './token-bucket.ts'

/** Share of refusals that is taken for chance before anything is known, and the largest that a trial can make it. */
const LEAST_NOISE = 0.02
const MOST_NOISE = 0.06
/** Share from which on a trial does not make it chance. */
const NO_NOISE = 0.1
/** Standard deviations above the mean up to which a number of refusals is chance. */
const SIGMAS = 3
/** Answers below which nothing is chance: the first refusals of a host are believed. */
const ENOUGH_FOR_CHANCE = 20
/** Answers from which on a large share means something, and a small one. */
const ENOUGH_FOR_MUCH = 8
const ENOUGH_FOR_LITTLE = 40
/** Refusals from which on they may have a reason. */
const ENOUGH_REFUSED = 4
/** Share of refusals that is never chance: while it lasts, the rate goes on falling. */
const FAR_TOO_MUCH = 0.2
/** A trial ends when chance would have refused so many, and at the earliest after so many answers and milliseconds. */
const EXPECTED = 6
const TRIAL_ANSWERS = 20
const TRIAL_TIME = 3 * SLOT
/** Part of the share that led to a trial from which on the refusals went on as before. */
const GOES_ON = 1 / 3
/** Milliseconds after a lowering in which the last second tells of what was before. */
const AFTER_LOWERING = 1000 + SLOT
/** The rate never falls by more at once: one moment is not the limit. */
const STEEPEST = 0.6
/** What is asked for of what was seen to be taken: each refusal may cost a pause. */
const CAUTION = 0.95
/** What more is tried after a calm time: this share, doubled each time that it was taken. */
const GROWTH = 0.06
/** Milliseconds of that time, doubled each time that a little more was refused. */
const CALM = 1000
const MAX_CALM = 16_000
/** Requests a second that are never too many, however much is refused. */
const LEAST = 1
/** How much of a calm second's share goes into what is taken for chance. */
const FORGETTING = 0.1

/**
 * What a refusal says: nothing, and it concerns its own request only; that the host is asked too much; that it takes
 * hardly anything, so that all have to wait.
 */
export type Meaning = 'chance' | 'sign' | 'wall'

interface Trial {
  /** Requests a second, and the share of refusals, that led to it. */
  readonly before: number
  readonly share: number
  taken: number
  refused: number
}

export class LearntRate {
  readonly #counts = new AnswerCounts()
  #bucket: TokenBucket | undefined
  #perSecond = Number.POSITIVE_INFINITY
  #changedAt = Number.NEGATIVE_INFINITY
  #growth = GROWTH
  #calm = CALM
  #noise = LEAST_NOISE
  #trial: Trial | undefined
  #loweredAt = Number.NEGATIVE_INFINITY
  /** Whether there were ever answers enough to tell chance. */
  #isKnown = false
  /** The rate before more was tried, until that proves to be too much or not. */
  #before: number | undefined

  /** Requests a second; infinite while nothing was learnt. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** @returns milliseconds to wait before so many requests may go out */
  take(requests: number, now: number): number {
    return this.#bucket?.take(requests, now) ?? 0
  }

  giveBack(requests: number, now: number): void {
    this.#bucket?.giveBack(requests, now)
  }

  taken(now: number): void {
    this.#count('taken', now)
    if (this.#bucket === undefined || this.#trial !== undefined || now - this.#changedAt < this.#calm) return
    this.#forget()
    if (this.#before !== undefined) {
      this.#growth = Math.min(1, this.#growth * 2)
      this.#calm = CALM
    }
    this.#before = this.#perSecond
    this.#set(this.#perSecond * (1 + this.#growth), now)
  }

  /** @param isAboutRate false: the host may have other reasons, so that it is only counted */
  refused(now: number, isAboutRate = true): Meaning {
    this.#count('refused', now)
    const meaning = this.#meaning(now)
    if (meaning !== 'chance' && isAboutRate && now - this.#changedAt >= SLOT) this.#lower(now)
    return meaning
  }

  #count(what: keyof Outcomes, now: number): void {
    this.#counts.count(what, now)
    const { taken, refused } = this.#counts.latest
    this.#isKnown ||= taken + refused >= ENOUGH_FOR_CHANCE
    const trial = this.#trial
    if (trial === undefined || now - this.#changedAt < SLOT) return
    trial[what]++
    const answers = trial.taken + trial.refused
    if (answers < TRIAL_ANSWERS || answers * trial.share < EXPECTED || now - this.#changedAt < TRIAL_TIME)
      return
    const share = trial.refused / answers
    if (share > FAR_TOO_MUCH) return
    this.#trial = undefined
    if (share > NO_NOISE) return
    const goesOn = trial.refused > 1 && share >= trial.share * GOES_ON
    this.#noise = within(goesOn ? Math.max(share, this.#noise) : (share + this.#noise) / 2)
    if (!goesOn) return
    this.#set(trial.before, now)
  }

  #lower(now: number): void {
    this.#growth = GROWTH
    const trial = this.#trial
    const { taken, refused } = trial ?? this.#counts.lastSecond
    const answers = taken + refused
    const share = refused / answers
    const enough = Number.isFinite(this.#perSecond) ? ENOUGH_FOR_LITTLE / 2 : ENOUGH_FOR_LITTLE
    if (refused < ENOUGH_REFUSED && (trial !== undefined || !Number.isFinite(this.#perSecond))) return
    if (share > FAR_TOO_MUCH ? answers < ENOUGH_FOR_MUCH : trial !== undefined || answers < enough) return
    this.#trial = { before: this.#perSecond, share, taken: 0, refused: 0 }
    if (this.#before !== undefined) {
      this.#calm = Math.min(MAX_CALM, this.#calm * 2)
      this.#set(this.#before, now)
      return
    }
    const seen = trial === undefined ? this.#counts.mostPerSecond(now) : this.#counts.takenPerSecond(now)
    const known = Number.isFinite(this.#perSecond) ? this.#perSecond * STEEPEST : 0
    this.#set(Math.min(this.#perSecond * CAUTION, Math.max(seen * CAUTION, known)), now)
  }

  /** By what came since the rate was lowered: refusals of before are answered by that. */
  #meaning(now: number): Meaning {
    const { lastSecond, latest } = this.#counts
    const isFresh =
      now - this.#loweredAt < AFTER_LOWERING || lastSecond.taken + lastSecond.refused < ENOUGH_FOR_CHANCE
    const { taken, refused } = isFresh ? latest : lastSecond
    const answers = taken + refused
    if (answers < ENOUGH_FOR_CHANCE && !this.#isKnown) return 'wall'
    const mean = answers * this.#noise
    if (refused <= mean + SIGMAS * Math.sqrt(mean * (1 - this.#noise))) return 'chance'
    return refused > answers * FAR_TOO_MUCH ? 'wall' : 'sign'
  }

  /** A host that refuses less than it did is believed sooner. */
  #forget(): void {
    const { taken, refused } = this.#counts.latest
    const share = refused / (taken + refused)
    if (share < this.#noise) this.#noise = within(this.#noise + (share - this.#noise) * FORGETTING)
  }

  #set(perSecond: number, now: number): void {
    if (perSecond < this.#perSecond) {
      this.#before = undefined
      this.#loweredAt = now
      this.#counts.forgetLatest()
    }
    this.#perSecond = Math.max(LEAST, perSecond)
    this.#changedAt = now
    if (!Number.isFinite(this.#perSecond)) this.#bucket = undefined
    else if (this.#bucket === undefined) this.#bucket = new TokenBucket(this.#perSecond, 1, now)
    else this.#bucket.setRate(this.#perSecond, now)
  }
}

function within(noise: number): number {
  return Math.min(MOST_NOISE, Math.max(LEAST_NOISE, noise))
}
