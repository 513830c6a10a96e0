"""One thread for the linear algebra of a question."""

from __future__ import annotations


def one_thread() -> None:
    """Let numpy's BLAS work in the thread that calls it, for the whole process and from now on.

    A question's products are small (some 2,000 x 256 by 256 x 9). Spread over the cores they wait for each other: 0.13 ms
    in one thread, 8 ms in two while another program runs. Questions asked at once have a thread each anyway. The libraries
    that are loaded by now are set, not the environment; torch is not among them. 6 ms, for every engine that is opened.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
