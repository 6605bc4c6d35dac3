"""The fidelity table: what is as on AWS, what differs, and which test shows it.

A test that shows a behaviour says so where it is defined:

    @pytest.mark.fidelity("SQS", "A receive count is a string.", source="SQS API: ReceiveMessage")
    @pytest.mark.fidelity("Lambda", "Workers are limited.", differs="A laptop has few processors.")

`python -m tests.fidelity` writes docs/fidelity.md from the collected tests.
"""
