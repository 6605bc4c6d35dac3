"""Which handler answers which path of SNS's host, in the form of moto's `urls` modules."""

from __future__ import annotations

from labkit.cloud.notifications.responses import LabSNSResponse

url_bases = [r"https?://sns\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": LabSNSResponse.dispatch}
