//! The threads that share the CPU's work: rayon's.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Makes the calling thread one of those that share its work, for as long as what is returned is kept; then it works alone.
///
/// A thread outside of them hands its work over and sleeps until it is done, which for a network of a millisecond costs an
/// eighth of the time. `None` where the thread is among some already, or the system gives no others: all works as before.
#[must_use]
pub fn join() -> Option<ThreadPool> {
    ThreadPoolBuilder::new().use_current_thread().thread_name(|thread| format!("dewpoint-engine-{thread}")).build().ok()
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    #[test]
    fn the_calling_thread_works_among_the_others_and_then_alone() {
        let work = || (0..1000_u64).into_par_iter().map(|i| i * i).sum::<u64>();
        let (alone, outside) = (std::thread::spawn(work).join().unwrap(), rayon::current_num_threads());
        let caller = std::thread::spawn(move || {
            assert_eq!(rayon::current_thread_index(), None);
            let pool = join();
            assert!(pool.is_some() && join().is_none(), "among them once");
            assert_eq!((rayon::current_thread_index(), rayon::current_num_threads()), (Some(0), outside));
            assert_eq!(work(), alone);
            drop(pool);
            assert_eq!(work(), alone);
        });
        caller.join().unwrap();
    }
}
