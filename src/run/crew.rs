//! Works with several threads, and goes on without one that does not come back.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// How often it is looked whether a thread takes too long.
const LOOK: Duration = Duration::from_millis(50);

/// Something to do; nothing of it is left where it panics.
type Task<Done> = Box<dyn FnOnce() -> Done + Send>;

/// Something to do, with its number.
type Numbered<Done> = (u64, Task<Done>);

/// Threads that do tasks.
#[derive(Debug)]
pub(super) struct Crew<Done> {
    tasks: Sender<Numbered<Done>>,
    waiting: Arc<Mutex<Receiver<Numbered<Done>>>>,
    sender: Sender<(u64, Option<Done>)>,
    done: Receiver<(u64, Option<Done>)>,
    workers: Vec<Arc<Worker>>,
    limits: BTreeMap<u64, Duration>,
    next: u64,
}

/// What a thread is at.
#[derive(Debug, Default)]
struct Worker {
    task: Mutex<Option<(u64, Instant)>>,
    abandoned: AtomicBool,
}

/// What became of a task.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Outcome<Done> {
    /// It was done.
    Done(Done),
    /// It panicked, which is a defect of this program.
    Panicked,
    /// It took longer than it may; its thread is left to itself.
    Late,
}

impl<Done: Send + 'static> Crew<Done> {
    /// Starts threads, at least one.
    pub(super) fn new(threads: usize) -> Crew<Done> {
        let (tasks, waiting) = channel();
        let (sender, done) = channel();
        let mut crew = Crew {
            tasks,
            waiting: Arc::new(Mutex::new(waiting)),
            sender,
            done,
            workers: Vec::new(),
            limits: BTreeMap::new(),
            next: 0,
        };
        (0..threads.max(1)).for_each(|_| crew.hire());
        crew
    }

    /// Adds a task, which may take so long; returns its number.
    pub(super) fn add(
        &mut self,
        limit: Option<Duration>,
        task: impl FnOnce() -> Done + Send + 'static,
    ) -> u64 {
        self.next += 1;
        if let Some(limit) = limit {
            self.limits.insert(self.next, limit);
        }
        // The receiver lives as long as the crew.
        drop(self.tasks.send((self.next, Box::new(task))));
        self.next
    }

    /// Waits for the next task that ends, whichever it is.
    ///
    /// There must be one: this would wait for ever.
    pub(super) fn next(&mut self) -> (u64, Outcome<Done>) {
        loop {
            match self.done.recv_timeout(LOOK) {
                // What was given up is over, though it ended after all.
                Ok((number, _)) if self.is_given_up(number) => (),
                Ok((number, done)) => {
                    self.limits.remove(&number);
                    return (number, done.map_or(Outcome::Panicked, Outcome::Done));
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    if let Some(number) = self.give_up() {
                        return (number, Outcome::Late);
                    }
                }
            }
        }
    }

    fn is_given_up(&self, number: u64) -> bool {
        // A number is given up where its limit is zero: no task has that.
        self.limits.get(&number) == Some(&Duration::ZERO)
    }

    /// Gives up a task that takes too long, and puts a new thread in the place of its own.
    fn give_up(&mut self) -> Option<u64> {
        let (at, number) = self.workers.iter().enumerate().find_map(|(at, worker)| {
            let (number, begun) = (*locked(&worker.task))?;
            let limit = self.limits.get(&number)?;
            (*limit < begun.elapsed()).then_some((at, number))
        })?;
        self.limits.insert(number, Duration::ZERO);
        self.workers.remove(at).abandoned.store(true, Ordering::Relaxed);
        self.hire();
        Some(number)
    }

    fn hire(&mut self) {
        let worker = Arc::new(Worker::default());
        self.workers.push(Arc::clone(&worker));
        let (waiting, done) = (Arc::clone(&self.waiting), self.sender.clone());
        thread::spawn(move || {
            while !worker.abandoned.load(Ordering::Relaxed) {
                let next = locked(&waiting).recv();
                let Ok((number, task)) = next else { return };
                *locked(&worker.task) = Some((number, Instant::now()));
                let ended = catch_unwind(AssertUnwindSafe(task)).ok();
                *locked(&worker.task) = None;
                if done.send((number, ended)).is_err() {
                    return;
                }
            }
        });
    }
}

/// Locks what no panic can leave half done.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_does_not_come_back_and_one_that_panics_stop_no_other() {
        let mut crew = Crew::new(1);
        let slow = crew.add(Some(Duration::from_millis(100)), || {
            thread::sleep(Duration::from_millis(700));
            0
        });
        let broken = crew.add(None, || panic!("a defect"));
        let good = crew.add(Some(Duration::from_secs(9)), || 7);
        let mut ended: Vec<_> = (0..3).map(|_| crew.next()).collect();
        ended.sort_by_key(|(number, _)| *number);
        assert_eq!(
            ended,
            [(slow, Outcome::Late), (broken, Outcome::Panicked), (good, Outcome::Done(7))]
        );
        // The slow one ends in the end, and nobody hears of it.
        let last = crew.add(None, || {
            thread::sleep(Duration::from_millis(900));
            9
        });
        assert_eq!(crew.next(), (last, Outcome::Done(9)));
    }
}
